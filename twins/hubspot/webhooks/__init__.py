"""Webhooks: what a portal tells the apps that subscribed."""
