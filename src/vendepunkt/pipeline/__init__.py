"""The one place that knows every stage: run, check, status and new.

Nothing heavy is imported here: a run in which nothing changed compares hashes and ends.
"""

from vendepunkt.pipeline.check import check_study
from vendepunkt.pipeline.new import NewStudy, new_study
from vendepunkt.pipeline.plan import STAGES, Progress, Stage
from vendepunkt.pipeline.run import Done, run_study
from vendepunkt.pipeline.status import StageStatus, study_status

__all__ = [
    "STAGES",
    "Done",
    "NewStudy",
    "Progress",
    "Stage",
    "StageStatus",
    "check_study",
    "new_study",
    "run_study",
    "study_status",
]
