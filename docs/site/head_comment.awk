# Turns the comment at the head of a header, which is its contract, into one that Doxygen shows, formulas as they stand.
BEGIN { state = 0 }
state == 0 && /^\/\// {
  sub(/^\/\/ ?/, "")
  printf "/** @file\n@verbatim\n%s\n", $0
  state = 1
  next
}
state == 1 && /^\/\// { sub(/^\/\/ ?/, ""); print; next }
state == 1 { printf "@endverbatim\n*/\n"; state = 2 }
state == 0 && !/^\/\// { state = 2 }
{ print }
