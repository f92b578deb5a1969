"""Design-based variance of any smooth estimator, from its influence values.

Enter by :func:`total_variance`; :class:`SamplingPlan` is the same with the design coded once and
kept for many estimates.
"""

from vendepunkt.numerics.linearise.plan import ColumnNames, SamplingPlan, Stage, sampling_plan
from vendepunkt.numerics.linearise.result import SINGLE_PSU_RULES, DesignVariance
from vendepunkt.numerics.linearise.total import plan_variance, total_variance

__all__ = [
    "SINGLE_PSU_RULES",
    "ColumnNames",
    "DesignVariance",
    "SamplingPlan",
    "Stage",
    "plan_variance",
    "sampling_plan",
    "total_variance",
]
