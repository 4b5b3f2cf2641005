package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.CreateDifferences;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.Differences;
import org.junit.jupiter.api.AfterAll;

class OpenClCreateDifferenceTest extends CreateDifferences {
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
