"""AWS Backup for the sandbox: the service's own protocol, its locks and its jobs, and content restored for real.

Requests and answers are routed, checked and written by botocore's model of the service (`protocol`), so that no shape
is made up here. Who may call is decided by the emulator's IAM (`authorization`). What a recovery point holds are the
bytes of a bucket or the items of a table of the same sandbox, as of the time the job ran (`contents`).
"""
