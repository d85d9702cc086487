"""The stack's CodeBuild project: a builder with more room and time than a function.

In: the number of the build that is wanted. Out: the project has been started, or runs already.
Imported on a stack alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from suishou.domain.errors import StorageFailure

# The project takes one build at a time and refuses a second in these words.
AT_WORK_CODES = frozenset({"AccountLimitExceededException"})


def build_project(codebuild: Any, name: str) -> Callable[[int], None]:
    """Starts the project for a build. Asked again for the same number it starts no second one:
    within five minutes by the token, after that because one is at work or holds the lease.

    Raises StorageFailure when it cannot be started.
    """
    from botocore.exceptions import ClientError  # type: ignore[import-untyped]

    def start(number: int) -> None:
        try:
            codebuild.start_build(projectName=name, idempotencyToken=f"suishou-build-{number}")
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code not in AT_WORK_CODES:
                raise StorageFailure(code) from error

    return start
