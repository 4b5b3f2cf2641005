package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.Differences;
import dev.reprise.runtime.gpu.PatternDifferences;
import org.junit.jupiter.api.AfterAll;

class CudaPatternDifferenceTest extends PatternDifferences {
  private final Differences differences = new Differences(Devices.cuda());

  @Override
  protected Differences differences() {
    return differences;
  }

  @AfterAll
  void close() {
    differences.close();
  }
}
