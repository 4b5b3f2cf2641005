package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.SequenceComparison;

class OpenClSequenceComparisonTest extends SequenceComparison {
  OpenClSequenceComparisonTest() {
    super(Devices.opencl());
  }
}
