"""Information criteria and classification quality of one fitted number of classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Criteria:
    """What speaks for and against one number of classes.

    Attributes
    ----------
    aic, bic, sabic, caic, icl
        Akaike; Schwarz; Schwarz with n* = (n + 2) / 24; consistent Akaike; BIC + 2 × posterior
        entropy. Smaller is better.
    daic, dbic
        Design-adjusted AIC: the number of parameters is replaced by the trace of the generalised
        design effect. Design-adjusted BIC: the BIC of as many people as the weights are worth,
        n_eff = (Σw)²/Σw², that is −2 loglik n_eff / n + p log n_eff; clusters do not enter it.
        None without a design, and the BIC also without weights.
    entropy
        1 − posterior entropy / (n log K); None for one class.
    accuracy
        Expected share of people whose most likely class is their true one.
    smallest_share, smallest_n
        Share of the smallest class, and the smaller of its Σ posterior and modal count.
    average_posterior : (K, K)
        Row k: mean posterior over those placed in class k; NaN where nobody is placed.
    modal_n, posterior_n : (K,)
        Unweighted people placed in, and expected in, each class.

    References
    ----------
    Lumley, T. & Scott, A. (2015). AIC and BIC for modeling with complex survey data. Journal of
    Survey Statistics and Methodology, 3(1), 1–18. https://doi.org/10.1093/jssam/smu021

    Biernacki, C., Celeux, G. & Govaert, G. (2000). Assessing a mixture model for clustering with
    the integrated completed likelihood. IEEE TPAMI, 22(7), 719–725.
    https://doi.org/10.1109/34.865189
    """

    aic: float
    bic: float
    sabic: float
    caic: float
    icl: float
    daic: float | None
    dbic: float | None
    entropy: float | None
    accuracy: float
    smallest_share: float
    smallest_n: float
    average_posterior: Floats
    modal_n: Floats
    posterior_n: Floats


def criteria(
    loglik: float,
    n_parameters: int,
    n: float,
    posterior: Floats,
    weights: Floats,
    counts: Floats,
    shares: Floats,
    *,
    design_parameters: float | None = None,
    n_effective: float | None = None,
) -> Criteria:
    """How good is this number of classes, by every criterion?

    Parameters
    ----------
    loglik
        Log-likelihood, or pseudo log-likelihood with weights scaled to mean 1.
    n_parameters
        Free parameters; estimates at 0 or 1 stay counted.
    n
        Rows with at least one answer (sum of the frequencies, where they are given).
    posterior : (P, K)
        Posterior probability of each class for each answer pattern.
    weights : (P,)
        Summed weights of each pattern, adding to `n`.
    counts : (P,)
        Unweighted people with each pattern.
    shares : (K,)
        Class shares.
    design_parameters
        Trace of the generalised design effect; None without a design.
    n_effective
        (Σw)²/Σw² of the rows used; None without weights.

    Examples
    --------
    >>> import numpy as np
    >>> one = np.ones((1, 1))
    >>> found = criteria(-10.0, 2, 100, one, np.array([100.0]), np.array([100.0]), np.ones(1))
    >>> round(found.bic, 4), found.entropy
    (29.2103, None)
    """
    classes = shares.size
    deviance = -2.0 * loglik
    spread = float(weights @ -np.sum(_xlogx(posterior), axis=1))
    bic = deviance + n_parameters * np.log(n)
    modal = posterior.argmax(axis=1)
    modal_n = np.bincount(modal, weights=counts, minlength=classes).astype(np.float64)
    posterior_n = np.asarray(counts @ posterior, dtype=np.float64)
    daic = None if design_parameters is None else deviance + 2.0 * design_parameters
    dbic = None
    if n_effective is not None:
        dbic = float(deviance * n_effective / n + n_parameters * np.log(n_effective))
    return Criteria(
        aic=deviance + 2.0 * n_parameters,
        bic=float(bic),
        sabic=float(deviance + n_parameters * np.log((n + 2.0) / 24.0)),
        caic=float(deviance + n_parameters * (np.log(n) + 1.0)),
        icl=float(bic + 2.0 * spread),
        daic=daic,
        dbic=dbic,
        entropy=None if classes == 1 else float(1.0 - spread / (weights.sum() * np.log(classes))),
        accuracy=float(weights @ posterior.max(axis=1) / weights.sum()),
        smallest_share=float(shares.min()),
        smallest_n=float(np.minimum(modal_n, posterior_n).min()),
        average_posterior=average_posterior(posterior, weights),
        modal_n=modal_n,
        posterior_n=posterior_n,
    )


def average_posterior(posterior: Floats, weights: Floats) -> Floats:
    """How sure is the placing? Mean posterior (columns) of those placed in each class (rows).

    Parameters
    ----------
    posterior : (P, K)
    weights : (P,)

    Returns
    -------
    (K, K) array
        Rows add to one; NaN where nobody is placed.
    """
    classes = posterior.shape[1]
    modal = posterior.argmax(axis=1)
    table = np.full((classes, classes), np.nan)
    for k in range(classes):
        mine = modal == k
        total = weights[mine].sum()
        if total > 0:
            table[k] = weights[mine] @ posterior[mine] / total
    return table


def design_parameters(naive: Floats, design: Floats, n_parameters: int) -> float | None:
    """How many parameters does the model have under the design?

    The trace of the generalised design effect matrix, tr(V₀⁻¹ V), over the parameters in the
    interior; a parameter at 0 or 1 counts with their mean.

    Parameters
    ----------
    naive : (p, p)
        Covariance as if people had been drawn independently with the model true: the inverse
        information of the likelihood with weights scaled to mean 1.
    design : (p, p)
        Covariance under the design, of the same (redundant) parameters.
    n_parameters
        Free parameters, boundary ones included.

    Returns
    -------
    float or None
        None where the naive covariance has no positive part.

    References
    ----------
    Lumley, T. & Scott, A. (2015). https://doi.org/10.1093/jssam/smu021
    """
    known = np.isfinite(np.diag(naive)) & np.isfinite(np.diag(design))
    naive, design = naive[np.ix_(known, known)], design[np.ix_(known, known)]
    if not known.any():
        return None
    values, vectors = np.linalg.eigh(naive)
    # Shares and item probabilities sum to one, so the covariance lives on a smaller space;
    # the inverse is taken there, which leaves the trace free of the parametrisation.
    kept = values > values.max() * 1e-9
    rank = int(kept.sum())
    if values.max() <= 0 or rank == 0:
        return None
    inside = vectors[:, kept]
    trace = float(np.sum(np.einsum("pi,pq,qi->i", inside, design, inside) / values[kept]))
    return trace * n_parameters / min(rank, n_parameters)


def _xlogx(values: Floats) -> Floats:
    return np.asarray(values * np.log(np.where(values > 0, values, 1.0)), dtype=np.float64)
