"""How constructs compose into the stacks of an environment, by Region and by who may change them."""

import holdfast.constructs  # noqa: F401  # decides which Node.js jsii runs on, before cdktn is imported
