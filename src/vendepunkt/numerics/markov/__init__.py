"""Movement between classes and states over waves: latent and observed Markov models."""

from vendepunkt.numerics.markov.estimates import MovementEstimates, movement_estimates
from vendepunkt.numerics.markov.fit import MarkovFit, fit_markov
from vendepunkt.numerics.markov.forms import FORMS
from vendepunkt.numerics.markov.model import TRANSITIONS
from vendepunkt.numerics.markov.posterior import Paths, posterior
from vendepunkt.numerics.markov.replicates import MarkovReplicates, fit_replicates
from vendepunkt.numerics.markov.sequences import SequenceData
from vendepunkt.numerics.markov.simulate import simulate_sequences

__all__ = [
    "FORMS",
    "TRANSITIONS",
    "MarkovFit",
    "MarkovReplicates",
    "MovementEstimates",
    "Paths",
    "SequenceData",
    "fit_markov",
    "fit_replicates",
    "movement_estimates",
    "posterior",
    "simulate_sequences",
]
