"""PyTorch: objectives made of a module and a loss, and what a training loop logs of both.

    objective = perigee.torch.objective(model, lambda model: loss_fn(model(inputs), targets))
    recorder.log(loss=loss, grad_norm=perigee.torch.gradient_norm(model), parameters=perigee.torch.parameters(model))
"""

import copy

import numpy
import torch

from ._core import Objective


def _trained(module):
    return [parameter for parameter in module.parameters() if parameter.requires_grad]


def parameters(module):
    """The trained parameters as one array of float64, in the order of module.parameters()."""
    with torch.no_grad():
        flat = torch.cat([parameter.detach().reshape(-1) for parameter in _trained(module)])
        return flat.to("cpu", torch.float64).numpy()


def gradient_norm(module):
    """||gradient||_2 over the trained parameters, as backward() left it: call it before zero_grad()."""
    with torch.no_grad():
        squares = [
            parameter.grad.detach().to(torch.float64).square().sum()
            for parameter in _trained(module)
            if parameter.grad is not None
        ]
        return float(torch.stack(squares).sum().sqrt()) if squares else float("nan")


def class_probabilities(probabilities, targets):
    """For each class the mean probability of the right answer over its examples.

    probabilities: shape (examples, classes), each row a distribution; targets: the right classes, shape (examples,).
    A class without an example is NaN.
    """
    with torch.no_grad():
        targets = targets.reshape(-1)
        right = probabilities.detach().gather(1, targets.unsqueeze(1)).squeeze(1).to(torch.float64)
        count = probabilities.shape[1]
        sums = torch.zeros(count, dtype=torch.float64, device=right.device).index_add_(0, targets, right)
        examples = torch.bincount(targets, minlength=count).to(torch.float64)
        return (sums / examples).cpu().numpy()


def row(module, step, loss, probabilities=None, targets=None):
    """The keyword arguments of Recorder.log for this step: loss, gradient norm and parameters, and where probabilities
    of shape (examples, classes) and targets are given, class_probabilities. Call it after backward()."""
    arguments = {"step": step, "loss": float(loss)}
    arguments.update(grad_norm=gradient_norm(module), parameters=parameters(module))
    if probabilities is not None:
        arguments["probabilities"] = class_probabilities(probabilities, targets)
    return arguments


def _in_double(value):
    is_floating = isinstance(value, torch.Tensor) and value.is_floating_point()
    return value.double() if is_floating else value


def _double_inputs(module, inputs):
    return tuple(_in_double(value) for value in inputs)


class _Loss:
    """The loss as a function of the flat parameters, in double precision, on a copy of the module."""

    def __init__(self, module, loss_fn, arguments):
        self.module = copy.deepcopy(module).double()
        for part in self.module.modules():
            part.register_forward_pre_hook(_double_inputs)
        self.loss_fn = loss_fn
        self.arguments = tuple(_in_double(argument) for argument in arguments)
        self.parameters = _trained(self.module)
        self.dimension = sum(parameter.numel() for parameter in self.parameters)

    def put(self, x):
        flat = torch.tensor(x, dtype=torch.float64)
        first = 0
        with torch.no_grad():
            for parameter in self.parameters:
                last = first + parameter.numel()
                parameter.copy_(flat[first:last].reshape(parameter.shape))
                first = last

    def loss(self):
        return self.loss_fn(self.module, *self.arguments)

    def gradients(self, output, **options):
        gradients = torch.autograd.grad(output, self.parameters, allow_unused=True, **options)
        return torch.cat(
            [
                (torch.zeros_like(parameter) if gradient is None else gradient).reshape(-1)
                for parameter, gradient in zip(self.parameters, gradients)
            ]
        )

    def value(self, x):
        self.put(x)
        with torch.no_grad():
            return float(self.loss())

    def value_and_gradient(self, x):
        self.put(x)
        with torch.enable_grad():
            loss = self.loss()
            gradient = self.gradients(loss)
        return float(loss), gradient.cpu().numpy()

    def hessian_vector_product(self, x, v):
        self.put(x)
        with torch.enable_grad():
            gradient = self.gradients(self.loss(), create_graph=True)
            if not gradient.requires_grad:  # linear in every parameter
                return numpy.zeros(self.dimension)
            direction = torch.tensor(v, dtype=torch.float64, device=gradient.device)
            return self.gradients(gradient @ direction).detach().cpu().numpy()


def objective(module, loss_fn, *arguments, name=None):
    """The loss of a module as an Objective of its trained parameters: value, gradient and exact Hessian-vector products
    by automatic differentiation.

    loss_fn(module, *arguments) returns the loss as a scalar tensor, over all data or a fixed part of them: the same at
    the same parameters. It is called with a copy of the module in double precision, which takes floating-point inputs
    of any precision; `arguments` are converted likewise. The module itself is left alone, and what its training does
    later is not seen. Dropout and other noise must be off: module.eval().
    Throws ValueError if two calls at the same parameters differ. Cost of a product: two to three gradients.
    """
    loss = _Loss(module, loss_fn, arguments)
    start = parameters(module)
    first, second = loss.value(start), loss.value(start)
    if first != second and not (first != first and second != second):
        raise ValueError(
            f"perigee.torch.objective: the loss must be the same at the same parameters, got {first!r} and then "
            f"{second!r}; call module.eval() where there is dropout"
        )
    return Objective(
        loss.dimension,
        loss.value_and_gradient,
        value=loss.value,
        hessian_vector_product=loss.hessian_vector_product,
        name=name or type(module).__name__,
    )
