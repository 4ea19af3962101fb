"""PyTorch: objectives made of a module and a loss, and what a training loop logs of both."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ._core import Objective

def parameters(module: torch.nn.Module) -> NDArray[np.float64]: ...
def gradient_norm(module: torch.nn.Module) -> float: ...
def class_probabilities(probabilities: torch.Tensor, targets: torch.Tensor) -> NDArray[np.float64]: ...
def row(
    module: torch.nn.Module,
    step: int,
    loss: torch.Tensor | float,
    probabilities: torch.Tensor | None = None,
    targets: torch.Tensor | None = None,
) -> dict[str, Any]: ...
def objective(
    module: torch.nn.Module, loss_fn: Callable[..., torch.Tensor], *arguments: Any, name: str | None = None
) -> Objective: ...
