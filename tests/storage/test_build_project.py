"""The CodeBuild project is started once for a build; a failure to start it is not kept quiet."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from suishou.domain.errors import StorageFailure
from suishou.storage.build_project import build_project


@pytest.fixture
def codebuild() -> Any:
    return boto3.Session("testing", "testing", region_name="cn-north-1").client("codebuild")


ASKED = {"projectName": "builder", "idempotencyToken": "suishou-build-7"}


def test_it_is_asked_with_the_number_of_the_build_so_that_a_retry_starts_no_second(
    codebuild: Any,
) -> None:
    with Stubber(codebuild) as stub:
        for _ in range(2):
            stub.add_response("start_build", {"build": {"id": "builder:1"}}, ASKED)
            build_project(codebuild, "builder")(7)
        stub.assert_no_pending_responses()


def test_one_that_is_at_work_already_is_as_good_as_started(codebuild: Any) -> None:
    with Stubber(codebuild) as stub:
        stub.add_client_error("start_build", "AccountLimitExceededException", expected_params=ASKED)
        build_project(codebuild, "builder")(7)


def test_one_that_cannot_be_started_is_an_error(codebuild: Any) -> None:
    with Stubber(codebuild) as stub:
        stub.add_client_error("start_build", "AccessDeniedException")
        with pytest.raises(StorageFailure, match="AccessDenied"):
            build_project(codebuild, "builder")(7)
