"""Topics: learning, shown terms and names, quality, and the same topic under the same number next month."""

from csatext.analysis.topics.topic_model import TopicModel

__all__ = ["TopicModel"]
