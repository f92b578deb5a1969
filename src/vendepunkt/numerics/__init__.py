"""Arrays in, frozen results out: the latent class engine and the variance of what it estimates."""

from vendepunkt.numerics.bootstrap import BootstrapLR, bootstrap_lr, run_replicates, simulate
from vendepunkt.numerics.collapse import Item, LatentData
from vendepunkt.numerics.errors import (
    ClassErrors,
    Influence,
    class_influence,
    standard_errors,
)
from vendepunkt.numerics.latentclass import LatentClassFit, fit_classes

__all__ = [
    "BootstrapLR",
    "ClassErrors",
    "Influence",
    "Item",
    "LatentClassFit",
    "LatentData",
    "bootstrap_lr",
    "class_influence",
    "fit_classes",
    "run_replicates",
    "simulate",
    "standard_errors",
]
