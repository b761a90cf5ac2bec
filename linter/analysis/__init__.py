"""What is concluded about a service from its stack, its image and its Dockerfile."""
