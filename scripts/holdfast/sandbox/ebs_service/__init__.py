"""EBS for the sandbox: snapshots and volumes with real blocks, their lineage, and the EBS direct APIs.

EC2's operations on snapshots are all served here; volumes are the emulator's, with the blocks, keys and states it does
not keep. Everything else of EC2 is handed on to the emulator as it came. Blocks lie in the folder of the run.
"""
