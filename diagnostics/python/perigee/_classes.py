"""Classes made of the registries: one for each solver and each problem, named after it."""

import inspect
import keyword


def class_name(name):
    """`perturbed-gradient-descent` -> `PerturbedGradientDescent`."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("-"))


def argument_name(name):
    """Python's own words get an underscore: `lambda` -> `lambda_`."""
    return name + "_" if keyword.iskeyword(name) else name


def _documentation(entry):
    lines = [entry["summary"][:1].upper() + entry["summary"][1:] + "."]
    if entry["parameters"]:
        lines.append("")
    for parameter in entry["parameters"]:
        default = f" = {parameter['default']}" if parameter["default"] else ""
        lines.append(f"{parameter['name']}{default}, {parameter['range']}: {parameter['summary']}")
    return "\n".join(lines)


def make_class(entry, base, module):
    """The class of one entry; its keyword arguments are the entry's parameters."""

    def __init__(self, **parameters):
        base.__init__(self, entry["name"], **parameters)

    __init__.__signature__ = inspect.Signature(
        [inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)]
        + [
            inspect.Parameter(
                argument_name(parameter["name"]), inspect.Parameter.KEYWORD_ONLY, default=parameter["default"] or None
            )
            for parameter in entry["parameters"]
        ]
    )
    return type(
        class_name(entry["name"]),
        (base,),
        {"__init__": __init__, "__doc__": _documentation(entry), "__module__": module},
    )


def make_classes(entries, base, module, namespace):
    """Puts the class of every entry into the module's namespace; returns their names."""
    made = [make_class(entry, base, module) for entry in entries]
    namespace.update({one.__name__: one for one in made})
    return [one.__name__ for one in made]
