//! Ways in which somebody who may do a few things can come to do more, as published research has collected them. November 2026.
//!
//! Each is a set of actions that together lead to the permissions of another role or user. Names are those under which
//! <https://pathfinding.cloud> and others list them; ways that hold another way in them are left out.

/// How a way leads to more permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// A role is passed to a new resource of a service, whose code then acts with it.
    NewRole,
    /// The code of a resource that has a role is changed or run.
    ExistingRole,
    /// The policies of the requester, or of a group that it is in, are changed.
    Itself,
    /// Credentials of another user, or the trust of another role, are taken.
    OtherPrincipal,
}

impl How {
    /// What it comes to.
    pub fn explained(self) -> &'static str {
        match self {
            How::NewRole => "code of a new resource acts with the role that is passed to it",
            How::ExistingRole => "code of a resource that exists acts with the role that it has",
            How::Itself => "it can give itself any permission",
            How::OtherPrincipal => "it can act as another user or role",
        }
    }
}

/// One way.
#[derive(Clone, Copy, Debug)]
pub struct Path {
    /// The name under which it is listed.
    pub name: &'static str,
    /// How it leads to more.
    pub how: How,
    /// The actions that it takes, all of them.
    pub actions: &'static [&'static str],
    /// The services to which `iam:PassRole` must be allowed to pass a role, one of them.
    pub passed_to: &'static [&'static str],
}

/// All of them.
#[rustfmt::skip]
pub const ESCALATIONS: &[Path] = &[
    Path { name: "apprunner-001", how: How::NewRole, actions: &["apprunner:CreateService", "iam:PassRole"], passed_to: &["bullet.amazonaws.com"] },
    Path { name: "apprunner-002", how: How::ExistingRole, actions: &["apprunner:UpdateService"], passed_to: &[] },
    Path { name: "bedrock-002", how: How::ExistingRole, actions: &["bedrock-agentcore:InvokeCodeInterpreter", "bedrock-agentcore:StartCodeInterpreterSession"], passed_to: &[] },
    Path { name: "cloudformation-001", how: How::NewRole, actions: &["cloudformation:CreateStack", "iam:PassRole"], passed_to: &["cloudformation.amazonaws.com"] },
    Path { name: "cloudformation-002", how: How::ExistingRole, actions: &["cloudformation:UpdateStack"], passed_to: &[] },
    Path { name: "cloudformation-003", how: How::NewRole, actions: &["cloudformation:CreateStackInstances", "cloudformation:CreateStackSet", "iam:PassRole"], passed_to: &["cloudformation.amazonaws.com"] },
    Path { name: "cloudformation-004", how: How::NewRole, actions: &["cloudformation:UpdateStackSet", "iam:PassRole"], passed_to: &["cloudformation.amazonaws.com"] },
    Path { name: "cloudformation-005", how: How::NewRole, actions: &["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"], passed_to: &[] },
    Path { name: "codebuild-002", how: How::ExistingRole, actions: &["codebuild:StartBuild"], passed_to: &[] },
    Path { name: "codebuild-003", how: How::ExistingRole, actions: &["codebuild:StartBuildBatch"], passed_to: &[] },
    Path { name: "ec2-001", how: How::NewRole, actions: &["ec2:RunInstances", "iam:PassRole"], passed_to: &["ec2.amazonaws.com"] },
    Path { name: "ec2-002", how: How::ExistingRole, actions: &["ec2:ModifyInstanceAttribute", "ec2:StartInstances", "ec2:StopInstances"], passed_to: &[] },
    Path { name: "ec2-003", how: How::NewRole, actions: &["ec2:RequestSpotInstances", "iam:PassRole"], passed_to: &["ec2.amazonaws.com"] },
    Path { name: "ec2-004", how: How::ExistingRole, actions: &["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"], passed_to: &[] },
    Path { name: "ec2instanceconnect-003", how: How::ExistingRole, actions: &["ec2-instance-connect:SendSSHPublicKey", "ec2:DescribeInstances"], passed_to: &[] },
    Path { name: "ecs-003", how: How::NewRole, actions: &["ecs:CreateService", "ecs:RegisterTaskDefinition", "iam:PassRole"], passed_to: &["ecs-tasks.amazonaws.com", "ecs.amazonaws.com"] },
    Path { name: "glue-001", how: How::NewRole, actions: &["glue:CreateDevEndpoint", "iam:PassRole"], passed_to: &["glue.amazonaws.com"] },
    Path { name: "glue-002", how: How::ExistingRole, actions: &["glue:UpdateDevEndpoint"], passed_to: &[] },
    Path { name: "glue-003", how: How::NewRole, actions: &["glue:CreateJob", "glue:StartJobRun", "iam:PassRole"], passed_to: &["glue.amazonaws.com"] },
    Path { name: "glue-004", how: How::NewRole, actions: &["glue:CreateJob", "glue:CreateTrigger", "iam:PassRole"], passed_to: &["glue.amazonaws.com"] },
    Path { name: "glue-005", how: How::NewRole, actions: &["glue:StartJobRun", "glue:UpdateJob", "iam:PassRole"], passed_to: &["glue.amazonaws.com"] },
    Path { name: "glue-006", how: How::NewRole, actions: &["glue:CreateTrigger", "glue:UpdateJob", "iam:PassRole"], passed_to: &["glue.amazonaws.com"] },
    Path { name: "iam-001", how: How::Itself, actions: &["iam:CreatePolicyVersion"], passed_to: &[] },
    Path { name: "iam-002", how: How::OtherPrincipal, actions: &["iam:CreateAccessKey"], passed_to: &[] },
    Path { name: "iam-004", how: How::OtherPrincipal, actions: &["iam:CreateLoginProfile"], passed_to: &[] },
    Path { name: "iam-005", how: How::Itself, actions: &["iam:PutRolePolicy"], passed_to: &[] },
    Path { name: "iam-006", how: How::OtherPrincipal, actions: &["iam:UpdateLoginProfile"], passed_to: &[] },
    Path { name: "iam-007", how: How::Itself, actions: &["iam:PutUserPolicy"], passed_to: &[] },
    Path { name: "iam-008", how: How::Itself, actions: &["iam:AttachUserPolicy"], passed_to: &[] },
    Path { name: "iam-009", how: How::Itself, actions: &["iam:AttachRolePolicy"], passed_to: &[] },
    Path { name: "iam-010", how: How::Itself, actions: &["iam:AttachGroupPolicy"], passed_to: &[] },
    Path { name: "iam-011", how: How::Itself, actions: &["iam:PutGroupPolicy"], passed_to: &[] },
    Path { name: "iam-012", how: How::OtherPrincipal, actions: &["iam:UpdateAssumeRolePolicy"], passed_to: &[] },
    Path { name: "iam-013", how: How::Itself, actions: &["iam:AddUserToGroup"], passed_to: &[] },
    Path { name: "lambda-001", how: How::NewRole, actions: &["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], passed_to: &["lambda.amazonaws.com"] },
    Path { name: "lambda-002", how: How::NewRole, actions: &["iam:PassRole", "lambda:CreateEventSourceMapping", "lambda:CreateFunction"], passed_to: &["lambda.amazonaws.com"] },
    Path { name: "lambda-003", how: How::ExistingRole, actions: &["lambda:UpdateFunctionCode"], passed_to: &[] },
    Path { name: "lambda-006", how: How::NewRole, actions: &["iam:PassRole", "lambda:AddPermission", "lambda:CreateFunction"], passed_to: &["lambda.amazonaws.com"] },
    Path { name: "sagemaker-001", how: How::NewRole, actions: &["iam:PassRole", "sagemaker:CreateNotebookInstance"], passed_to: &["sagemaker.amazonaws.com"] },
    Path { name: "sagemaker-002", how: How::NewRole, actions: &["iam:PassRole", "sagemaker:CreateTrainingJob"], passed_to: &["sagemaker.amazonaws.com"] },
    Path { name: "sagemaker-003", how: How::NewRole, actions: &["iam:PassRole", "sagemaker:CreateProcessingJob"], passed_to: &["sagemaker.amazonaws.com"] },
    Path { name: "sagemaker-004", how: How::ExistingRole, actions: &["sagemaker:CreatePresignedNotebookInstanceUrl"], passed_to: &[] },
    Path { name: "sagemaker-005", how: How::ExistingRole, actions: &["sagemaker:CreateNotebookInstanceLifecycleConfig", "sagemaker:StartNotebookInstance", "sagemaker:StopNotebookInstance", "sagemaker:UpdateNotebookInstance"], passed_to: &[] },
    Path { name: "ssm-001", how: How::ExistingRole, actions: &["ssm:StartSession"], passed_to: &[] },
    Path { name: "ssm-002", how: How::ExistingRole, actions: &["ssm:SendCommand"], passed_to: &[] },
    Path { name: "sts-001", how: How::OtherPrincipal, actions: &["sts:AssumeRole"], passed_to: &[] },
    Path { name: "x-001", how: How::NewRole, actions: &["autoscaling:CreateAutoScalingGroup", "autoscaling:CreateLaunchConfiguration", "iam:PassRole"], passed_to: &["autoscaling.amazonaws.com", "ec2.amazonaws.com"] },
    Path { name: "x-002", how: How::NewRole, actions: &["autoscaling:CreateLaunchConfiguration", "autoscaling:UpdateAutoScalingGroup", "iam:PassRole"], passed_to: &["autoscaling.amazonaws.com", "ec2.amazonaws.com"] },
    Path { name: "x-004", how: How::ExistingRole, actions: &["batch:SubmitJob"], passed_to: &[] },
    Path { name: "x-006", how: How::ExistingRole, actions: &["bedrock-agentcore:ConnectBrowserAutomationStream", "bedrock-agentcore:StartBrowserSession"], passed_to: &[] },
    Path { name: "x-009", how: How::ExistingRole, actions: &["bedrock-agentcore:InvokeAgentRuntimeCommand"], passed_to: &[] },
    Path { name: "x-010", how: How::NewRole, actions: &["braket:CreateJob", "iam:PassRole"], passed_to: &["braket.amazonaws.com", "sagemaker.amazonaws.com"] },
    Path { name: "x-011", how: How::ExistingRole, actions: &["codedeploy:CreateDeployment", "codedeploy:GetDeploymentConfig", "codedeploy:RegisterApplicationRevision"], passed_to: &[] },
    Path { name: "x-012", how: How::ExistingRole, actions: &["codestar:AssociateTeamMember", "codestar:CreateProject"], passed_to: &[] },
    Path { name: "x-013", how: How::NewRole, actions: &["codestar:CreateProject", "iam:PassRole"], passed_to: &[] },
    Path { name: "x-014", how: How::ExistingRole, actions: &["codestar:CreateProjectFromTemplate"], passed_to: &[] },
    Path { name: "x-015", how: How::NewRole, actions: &["cognito-identity:SetIdentityPoolRoles", "iam:PassRole"], passed_to: &[] },
    Path { name: "x-017", how: How::NewRole, actions: &["datapipeline:CreatePipeline", "iam:PassRole"], passed_to: &[] },
    Path { name: "x-020", how: How::ExistingRole, actions: &["ecs:DescribeTasks", "ecs:ExecuteCommand"], passed_to: &[] },
    Path { name: "x-021", how: How::NewRole, actions: &["ecs:RunTask", "iam:PassRole"], passed_to: &["ecs-tasks.amazonaws.com", "ecs.amazonaws.com"] },
    Path { name: "x-022", how: How::NewRole, actions: &["ecs:StartTask", "iam:PassRole"], passed_to: &["ecs-tasks.amazonaws.com", "ecs.amazonaws.com"] },
    Path { name: "x-023", how: How::NewRole, actions: &["elasticmapreduce:RunJobFlow", "iam:PassRole"], passed_to: &["application-autoscaling.amazonaws.com", "ec2.amazonaws.com", "elasticmapreduce.amazonaws.com"] },
    Path { name: "x-024", how: How::NewRole, actions: &["emr-serverless:CreateApplication", "emr-serverless:StartJobRun", "iam:PassRole"], passed_to: &["emr-serverless.amazonaws.com"] },
    Path { name: "x-025", how: How::NewRole, actions: &["gamelift:CreateBuild", "gamelift:CreateFleet", "gamelift:RequestUploadCredentials", "iam:PassRole"], passed_to: &["gamelift.amazonaws.com"] },
    Path { name: "x-026", how: How::NewRole, actions: &["glue:CreateSession", "glue:RunStatement", "iam:PassRole"], passed_to: &["glue.amazonaws.com"] },
    Path { name: "x-028", how: How::OtherPrincipal, actions: &["iam:DeleteUserPermissionsBoundary"], passed_to: &[] },
    Path { name: "x-029", how: How::NewRole, actions: &["iam:PassRole", "imagebuilder:CreateComponent", "imagebuilder:CreateImage", "imagebuilder:CreateImageRecipe", "imagebuilder:CreateInfrastructureConfiguration"], passed_to: &["ec2.amazonaws.com", "imagebuilder.amazonaws.com"] },
    Path { name: "x-030", how: How::NewRole, actions: &["iam:PassRole", "kinesisanalytics:CreateApplication", "kinesisanalytics:StartApplication"], passed_to: &["kinesisanalytics.amazonaws.com"] },
    Path { name: "x-031", how: How::NewRole, actions: &["iam:PassRole", "omics:CreateWorkflow", "omics:StartRun", "s3:GetObject"], passed_to: &["omics.amazonaws.com"] },
    Path { name: "x-033", how: How::NewRole, actions: &["iam:PassRole", "scheduler:CreateSchedule"], passed_to: &["scheduler.amazonaws.com"] },
    Path { name: "x-034", how: How::NewRole, actions: &["iam:PassRole", "ssm:CreateDocument", "ssm:StartAutomationExecution"], passed_to: &["justintimeaccess.ssm.amazonaws.com", "ssm.amazonaws.com"] },
    Path { name: "x-035", how: How::NewRole, actions: &["iam:PassRole", "states:CreateStateMachine", "states:StartExecution"], passed_to: &["states.amazonaws.com"] },
    Path { name: "x-036", how: How::Itself, actions: &["iam:SetDefaultPolicyVersion"], passed_to: &[] },
    Path { name: "x-038", how: How::ExistingRole, actions: &["lambda:UpdateFunctionConfiguration"], passed_to: &[] },
    Path { name: "x-039", how: How::ExistingRole, actions: &["sso:AttachManagedPolicyToPermissionSet"], passed_to: &[] },
    Path { name: "x-041", how: How::ExistingRole, actions: &["sso:PutInlinePolicyToPermissionSet"], passed_to: &[] },
    Path { name: "x-042", how: How::ExistingRole, actions: &["states:StartExecution", "states:UpdateStateMachine"], passed_to: &[] },
];
