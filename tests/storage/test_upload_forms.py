"""Forms straight to a bucket: what their policy lets through, asked of a bucket over HTTP."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from botocore.session import Session

from suishou.storage.aws_client import OF_BUCKETS
from suishou.storage.blobs import S3Blobs
from suishou.storage.upload_forms import BucketForms, UploadForm
from tests.storage.engines import Clients, s3_blobs

KEY, MOST = "uploads/photo", 1_000


@pytest.fixture
def bucket(ministack: Clients) -> S3Blobs:
    return s3_blobs(ministack)


@pytest.fixture
def forms(ministack: Clients, bucket: S3Blobs) -> BucketForms:
    return BucketForms(ministack.s3, bucket._bucket)


def post(form: UploadForm, content: bytes) -> int:
    files = {form.file_field: ("photo.jpg", content, "image/jpeg")}
    return httpx.post(form.url, data=dict(form.fields), files=files).status_code


def test_a_form_puts_one_object_into_the_bucket(forms: BucketForms, bucket: S3Blobs) -> None:
    assert post(forms.form(KEY, MOST, 60), b"x" * MOST) == 204
    assert bucket.get(KEY) == b"x" * MOST


def test_more_than_it_says_is_refused(forms: BucketForms, bucket: S3Blobs) -> None:
    form = forms.form(KEY, MOST, 60)
    assert post(form, b"x" * (MOST + 1)) == 400
    assert post(form, b"") == 400
    assert bucket.list() == []


@pytest.mark.parametrize("changed", [{"key": "photos/x.jpg"}, {"Content-Type": "text/html"}])
def test_it_is_good_for_nothing_else(
    forms: BucketForms, bucket: S3Blobs, changed: dict[str, str]
) -> None:
    form = forms.form(KEY, MOST, 60)
    assert post(replace(form, fields={**form.fields, **changed}), b"x") == 403
    assert bucket.list() == []


def test_its_time_ends(forms: BucketForms, bucket: S3Blobs) -> None:
    assert post(forms.form(KEY, MOST, -1), b"x") == 403
    assert bucket.list() == []


@pytest.mark.parametrize(
    ("region", "origin"),
    [
        ("us-east-1", "https://raw.s3.us-east-1.amazonaws.com"),
        ("eu-west-1", "https://raw.s3.eu-west-1.amazonaws.com"),
        ("cn-north-1", "https://raw.s3.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_its_address_is_the_one_that_the_page_may_send_to(region: str, origin: str) -> None:
    session = Session()
    session.set_credentials("testing", "testing", "of a role")
    client = session.create_client("s3", region_name=region, config=OF_BUCKETS)
    form = BucketForms(client, "raw").form(KEY, MOST, 60)
    assert form.url == f"{origin}/"
    assert form.fields["x-amz-security-token"] == "of a role"  # what a function has
    assert "x-amz-signature" in form.fields
