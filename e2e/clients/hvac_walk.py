"""Walks through the main job with hvac and boto3 as they are; prints what it saw as JSON."""

import json
import sys

import boto3
import botocore.exceptions
import hvac

given = json.load(sys.stdin)


def works(credentials):
    """Whether AWS lets the credentials list buckets."""
    s3 = boto3.client(
        "s3",
        endpoint_url=given["aws"],
        region_name="us-east-1",
        aws_access_key_id=credentials["access_key"],
        aws_secret_access_key=credentials["secret_key"],
        aws_session_token=credentials["security_token"],
    )
    try:
        s3.list_buckets()
        return True
    except botocore.exceptions.ClientError:
        return False


seen = {}
client = hvac.Client(url=given["url"])

machine = given["machine"]
login = client.auth.aws.iam_login(
    machine["accessKeyId"],
    machine["secretAccessKey"],
    session_token=machine["sessionToken"],
    header_value=given["serverId"],
    role=given["role"],
)
seen["policies"] = login["auth"]["token_policies"]
seen["authenticated"] = client.is_authenticated()

seen["works"] = {}
for kind, path in given["credentials"].items():
    mount, endpoint, role = path.split("/")
    drawn = client.secrets.aws.generate_credentials(role, endpoint=endpoint, mount_point=mount)
    seen["works"][kind] = works(drawn["data"])

seen["roles"] = client.secrets.aws.list_roles()["data"]["keys"]

user = client.read(given["credentials"]["iam_user"])
renewed = client.sys.renew_lease(user["lease_id"], increment=300)
seen["renewedSeconds"] = renewed["lease_duration"]
client.sys.revoke_lease(user["lease_id"])
seen["worksAfterRevocation"] = works(user["data"])

client.auth.token.renew_self()
client.auth.token.revoke_self()
seen["authenticatedAfterRevocation"] = client.is_authenticated()

json.dump(seen, sys.stdout)
