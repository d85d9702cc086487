"""How readers reach the site of a stack: CloudFront where it exists, website hosting in China."""

from __future__ import annotations

from build_scripts.bucket_site import FOREVER, SHORT
from build_scripts.site import ERROR_PAGE
from tests.deploy.stack_template import RESOURCES, TEMPLATE, chosen


def test_readers_reach_the_site_through_the_distribution_alone_where_there_is_one() -> None:
    policy = RESOURCES["SiteBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    readers = {s["Sid"]: s for s in chosen(policy) if s["Effect"] == "Allow"}
    assert set(readers) == {"EverybodyReads", "TheDistributionReads"}
    assert all(s["Action"] == "s3:GetObject" for s in readers.values())
    assert "aws:SourceArn" in readers["TheDistributionReads"]["Condition"]["StringEquals"]
    config = RESOURCES["Distribution"]["Properties"]["DistributionConfig"]
    behaviour = config["DefaultCacheBehavior"]
    assert behaviour["ViewerProtocolPolicy"] == "redirect-to-https" and behaviour["Compress"]
    assert config["DefaultRootObject"] == "index.html"
    (missing,) = config["CustomErrorResponses"]
    assert (missing["ResponseCode"], missing["ResponsePagePath"]) == (404, f"/{ERROR_PAGE}")
    assert "CacheBehaviors" not in config  # the API's refusals would become the site's error page
    cache = RESOURCES["SiteCache"]["Properties"]["CachePolicyConfig"]
    assert cache["MinTTL"] == 0 and f"max-age={cache['DefaultTTL']}" in SHORT
    assert f"max-age={cache['MaxTTL']}" in FOREVER
    headers = RESOURCES["SiteHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    assert len(headers["SecurityHeadersConfig"]) == 5
    website = RESOURCES["SiteBucket"]["Properties"]["WebsiteConfiguration"]["!If"]
    assert website[:2] == [
        "OnWebsite",
        {"IndexDocument": "index.html", "ErrorDocument": ERROR_PAGE},
    ]


def test_what_china_lacks_is_made_elsewhere_alone() -> None:
    for name, resource in RESOURCES.items():
        if resource["Type"].startswith("AWS::CloudFront::"):
            assert resource["Condition"] == "WithDistribution", name
    assert {"!Equals": [{"!Ref": "AWS::Partition"}, "aws"]} in (
        TEMPLATE["Conditions"]["WithDistribution"]["!And"]
    )
