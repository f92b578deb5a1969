"""Arrays in, frozen results out: the latent class engine and the variance of what it estimates."""

from vendepunkt.numerics.bootstrap import BootstrapLR, bootstrap_lr, run_replicates, simulate
from vendepunkt.numerics.collapse import Item, LatentData
from vendepunkt.numerics.errors import (
    ClassErrors,
    Influence,
    class_influence,
    standard_errors,
)
from vendepunkt.numerics.groups import group_design, split_by_group
from vendepunkt.numerics.latentclass import LatentClassFit, fit_classes
from vendepunkt.numerics.replicates import ClassReplicates, class_replicates

__all__ = [
    "BootstrapLR",
    "ClassErrors",
    "ClassReplicates",
    "Influence",
    "Item",
    "LatentClassFit",
    "LatentData",
    "bootstrap_lr",
    "class_influence",
    "class_replicates",
    "fit_classes",
    "group_design",
    "run_replicates",
    "simulate",
    "split_by_group",
    "standard_errors",
]
