# Prints the number-th fenced block of a language: awk -v language=cpp -v number=1 -f extract_block.awk FILE.md
$0 == "```" language && !inside { count++; inside = 1; wanted = (count == number); next }
$0 == "```" && inside { inside = 0; if (wanted) found = 1; wanted = 0; next }
wanted { print }
END { if (!found) exit 1 }
