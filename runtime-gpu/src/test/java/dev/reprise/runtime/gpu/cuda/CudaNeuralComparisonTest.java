package dev.reprise.runtime.gpu.cuda;

import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.NeuralComparison;

class CudaNeuralComparisonTest extends NeuralComparison {
  CudaNeuralComparisonTest() {
    super(Devices.cuda());
  }
}
