# Every kind of policy that a Terraform resource takes as a string, read as it was compiled.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.80, < 6.0"
    }
  }
}

variable "endpoint" {
  description = "Where the stand-in for AWS listens."
  type        = string
}

variable "policies" {
  description = "The folder that `leastwise build` wrote."
  type        = string
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "test"
  secret_key                  = "test"
  s3_use_path_style           = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true

  endpoints {
    iam           = var.endpoint
    organizations = var.endpoint
    s3            = var.endpoint
    sts           = var.endpoint
  }
}

resource "aws_iam_policy" "orders_worker" {
  name   = "orders-worker"
  policy = file("${var.policies}/policy/orders-worker.json")
}

resource "aws_iam_policy" "developer" {
  name   = "developer"
  policy = file("${var.policies}/boundary/developer.json")
}

resource "aws_iam_role" "deploy" {
  name                 = "deploy"
  assume_role_policy   = file("${var.policies}/trust/deploy.json")
  permissions_boundary = aws_iam_policy.developer.arn
}

resource "aws_iam_role_policy_attachment" "deploy_orders_worker" {
  role       = aws_iam_role.deploy.name
  policy_arn = aws_iam_policy.orders_worker.arn
}

resource "aws_organizations_organization" "acme" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "region_lock" {
  name    = "region-lock"
  type    = "SERVICE_CONTROL_POLICY"
  content = file("${var.policies}/scp/region-lock.json")

  depends_on = [aws_organizations_organization.acme]
}

resource "aws_s3_bucket" "uploads" {
  bucket = "acme-uploads-dev"
}

resource "aws_s3_bucket_policy" "uploads" {
  bucket = aws_s3_bucket.uploads.id
  policy = file("${var.policies}/resource/uploads-policy.json")
}
