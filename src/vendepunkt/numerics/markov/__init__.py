"""Movement between classes and states over waves: latent and observed Markov models."""
