package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.SequenceComparison;

class CudaSequenceComparisonTest extends SequenceComparison {
  CudaSequenceComparisonTest() {
    super(Devices.cuda());
  }
}
