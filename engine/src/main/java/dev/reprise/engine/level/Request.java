package dev.reprise.engine.level;

import dev.reprise.engine.control.Activation;
import dev.reprise.engine.control.ControlContext;
import dev.reprise.engine.control.Node;
import dev.reprise.engine.region.Region;
import dev.reprise.engine.timeline.Track;
import dev.reprise.engine.worth.SiteAccount;
import dev.reprise.lineage.LineageItem;

/**
 * An execution of a region that is about to begin. Owned by its control thread.
 *
 * @param inputs items of the region's inputs; null for a variable without a value. Cut with the
 *     traces of variables while the region runs, see {@link Activation#hold}
 * @param wanted how many of the outputs, from the first on, the caller looks at
 */
record Request(
    ControlContext context,
    Activation activation,
    Region region,
    Node[] body,
    LineageItem[] inputs,
    int wanted) {

  Request(ControlContext context, Activation activation, Region region, Node[] body, int wanted) {
    this(context, activation, region, body, items(activation, region.inputs()), wanted);
  }

  static LineageItem[] items(Activation activation, int[] slots) {
    LineageItem[] items = new LineageItem[slots.length];
    for (int i = 0; i < items.length; i++) {
      items[i] = activation.items[slots[i]];
    }
    return items;
  }

  SiteAccount account() {
    return region.account();
  }

  /** What it is called in a time line. */
  int label(Track track) {
    boolean isBlock = region.level() == Region.Level.BLOCK;
    String what = isBlock ? "block" : activation.layout.name();
    return track.label(what, region.position());
  }
}
