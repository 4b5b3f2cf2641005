package dev.reprise.engine.level;

import dev.reprise.engine.check.ReuseMismatch;
import dev.reprise.engine.check.ReuseVerifier;
import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Node;
import dev.reprise.engine.region.Region;
import dev.reprise.lineage.LineageItem;
import dev.reprise.runtime.Value;

/**
 * A hit of a whole call or block that is executed all the same: its outputs must be what the hit
 * found, values and traces. The activation gets the computed ones. For one hit; owned by its
 * control thread.
 */
final class RegionCheck {
  private final ReuseVerifier verifier;
  private final Region region;
  private final Value[] found;
  private final LineageItem[] items;
  private final boolean byContents;

  /**
   * @param found by output, null for those without a value of their own; with references that this
   *     takes over
   * @param byContents whether equal inputs had another history: then a history that is equal in
   *     value is enough, as where the body computes for itself what it was given as well
   */
  RegionCheck(
      ReuseVerifier verifier,
      Region region,
      Value[] found,
      LineageItem[] items,
      boolean byContents) {
    this.verifier = verifier;
    this.region = region;
    this.found = found;
    this.items = items;
    this.byContents = byContents;
  }

  /**
   * @throws ReuseMismatch when an output differs
   */
  void execute(Node[] body, ControlContext context, Activation activation) {
    try {
      Node.runAll(body, context, activation);
      compareAll(context, activation);
    } finally {
      for (Value value : found) {
        if (value != null) {
          value.release();
        }
      }
    }
  }

  /** A call's step says where it stands; a block has none, so its place is said here. */
  private void compareAll(ControlContext context, Activation activation) {
    try {
      for (int i = 0; i < found.length; i++) {
        if (found[i] != null) {
          compare(i, context, activation);
        }
      }
    } catch (RuntimeException e) {
      throw region.position() == null ? e : context.located(e, region.position(), activation, null);
    }
  }

  private void compare(int output, ControlContext context, Activation activation) {
    int slot = region.outputs()[output];
    LineageItem computed = activation.item(slot);
    if (computed == null || !byContents && !items[output].sameAs(computed)) {
      throw new ReuseMismatch(what(slot, activation), items[output], computed);
    }
    Value value = context.completed(activation, slot);
    verifier.compare(
        what(slot, activation), items[output], context.completed(found[output]), value);
  }

  private String what(int slot, Activation activation) {
    String kind = region.level() == Region.Level.FUNCTION ? "the function '" : "a block of '";
    String name = activation.layout.slotName(slot);
    return kind + activation.layout.name() + "' (variable '" + name + "')";
  }
}
