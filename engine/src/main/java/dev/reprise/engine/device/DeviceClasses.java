package dev.reprise.engine.device;

import dev.reprise.runtime.accelerator.AcceleratorInfo;
import dev.reprise.scheduler.AcceleratorWorker;
import dev.reprise.store.DeviceCost;

/**
 * Names of classes of devices, whose times are comparable: {@code cpu}, and of accelerators the
 * interface with the maker's name, as {@code cuda:NVIDIA H100 80GB HBM3}. They mean the same on all
 * machines, other than names of devices such as {@code cuda:0}.
 */
public final class DeviceClasses {
  /** The processor, whichever it is. */
  public static final String CPU = "cpu";

  private DeviceClasses() {}

  /**
   * The class of a worker's device.
   *
   * @param worker null for the processor
   */
  public static String of(AcceleratorWorker worker) {
    return worker == null ? CPU : of(worker.accelerator().info());
  }

  static String of(AcceleratorInfo info) {
    int colon = info.name().indexOf(':');
    String kind = colon < 0 ? info.name() : info.name().substring(0, colon);
    String name = kind + ":" + info.product().replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    return name.length() <= DeviceCost.LONGEST_DEVICE
        ? name
        : name.substring(0, DeviceCost.LONGEST_DEVICE);
  }
}
