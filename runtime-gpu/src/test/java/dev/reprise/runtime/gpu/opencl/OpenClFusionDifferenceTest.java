package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.Differences;
import dev.reprise.runtime.gpu.FusionDifferences;
import org.junit.jupiter.api.AfterAll;

class OpenClFusionDifferenceTest extends FusionDifferences {
  private final Differences differences = new Differences(Devices.opencl());

  @Override
  protected Differences differences() {
    return differences;
  }

  @AfterAll
  void close() {
    differences.close();
  }
}
