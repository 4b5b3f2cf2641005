package dev.reprise.engine.level;

import dev.reprise.SessionConfig;
import dev.reprise.engine.region.Region;
import dev.reprise.engine.resource.Resources;
import dev.reprise.engine.stored.StoredValues;
import dev.reprise.lineage.CompositeKey;
import dev.reprise.lineage.Key;
import dev.reprise.lineage.LineageItem;

/**
 * What executions of regions are known by: the region, and how its inputs came to be. Stateless.
 */
final class RegionKeys {
  /** What distinguishes values of equal inputs: the width of cells, the rounding of products. */
  private final int precision;

  /** Null without an experiment store. */
  private final StoredValues stored;

  RegionKeys(Resources resources) {
    SessionConfig config = resources.config();
    this.precision = config.precision().ordinal() | config.products().ordinal() << 4;
    this.stored = resources.stored();
  }

  /** The key of an execution in memory. */
  Key of(Region region, LineageItem[] inputs) {
    return CompositeKey.of(kind(region), region.fingerprint(), inputs);
  }

  /** What keys of executions of a region begin with. */
  int kind(Region region) {
    return region.level().ordinal() << Byte.SIZE | precision;
  }

  /** The key in the experiment store, where contents stand for small inputs. */
  Key inStore(Region region, LineageItem[] inputs) {
    return CompositeKey.of(
        kind(region), region.fingerprint(), inputs, stored.contents().of(inputs));
  }
}
