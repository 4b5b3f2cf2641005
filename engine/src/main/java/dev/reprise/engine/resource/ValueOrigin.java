package dev.reprise.engine.resource;

import dev.reprise.Numerics;
import dev.reprise.SessionConfig;
import dev.reprise.cache.TagClass;
import dev.reprise.cache.ValueTag;
import dev.reprise.engine.device.Accelerators;
import dev.reprise.runtime.ProductPrecision;
import dev.reprise.runtime.cpu.CpuDevice;

/** What the last bits of a session's values depend on besides their lineage. */
public final class ValueOrigin {
  private final SessionConfig config;
  private final CpuDevice device;
  private final Accelerators accelerators;

  ValueOrigin(SessionConfig config, CpuDevice device, Accelerators accelerators) {
    this.config = config;
    this.device = device;
    this.accelerators = accelerators;
  }

  private String deviceClass() {
    return accelerators.deviceClass(device.deviceClass());
  }

  /** Whose values the session takes from others. */
  TagClass tags() {
    return config.numerics() == Numerics.EXACT
        ? TagClass.exactly(ValueTag.plain(deviceClass()))
        : TagClass.DEFAULT;
  }

  /** As text for checkpoints. */
  public String text() {
    String products = config.products() == ProductPrecision.FULL ? "" : " " + config.products();
    return config.numerics() + " " + config.precision() + products + " " + deviceClass();
  }
}
