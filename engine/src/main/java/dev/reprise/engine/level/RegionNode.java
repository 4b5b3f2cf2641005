package dev.reprise.engine.level;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Node;
import dev.reprise.engine.region.Region;

/** Blocks that may be reused as a whole. */
public record RegionNode(Region region, LevelReuse levels, Node[] body) implements Node {
  @Override
  public void run(ControlContext context, Activation activation) {
    if (region.isWorthAsking()) {
      levels.run(context, activation, region, body, region.outputs().length);
      return;
    }
    long before = context.work;
    Node.runAll(body, context, activation);
    region.learn(context.work - before);
  }
}
