output "state_bucket" {
  description = "Where the stacks keep their state; the environment file says the same."
  value       = aws_s3_bucket.state.bucket
}

output "backup_roles" {
  description = "Roles in the backup account."
  value       = module.backup_roles.role_arns
}

output "workload_roles" {
  description = "Roles in the workload account."
  value       = local.one_account ? module.backup_roles.role_arns : module.workload_roles[0].role_arns
}
