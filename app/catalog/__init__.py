"""The catalogue of classes (部件/事件); filing conditions and clocks build on it."""
