package dev.reprise.engine.timeline;

import jdk.jfr.FlightRecorder;

/** Whether the JDK's flight recorder runs. By itself, so that asking loads one class of it. */
final class FlightRecording {
  private FlightRecording() {}

  /** False also in a JVM without a recorder. */
  static boolean isRunning() {
    try {
      return FlightRecorder.isInitialized();
    } catch (LinkageError e) {
      // A run-time image without the module jdk.jfr.
      return false;
    }
  }
}
