package dev.reprise.engine.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.scheduler.CostModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was learnt of devices, between sessions. */
class CalibrationTest {
  @TempDir Path folder;

  private Path file() {
    return folder.resolve("made/calibration.tsv");
  }

  private CostModels restored() {
    CostModels models = new CostModels();
    new Calibration(file()).restore(models);
    return models;
  }

  @Test
  void averagesComeBackAndFollowWhatIsNew() {
    CostModels models = new CostModels();
    for (int i = 0; i < 1000; i++) {
      models.observe("cuda:0", "matmul", 5e6, 2e5);
    }
    models.observe("cpu", "%*%", 100, 70);
    new Calibration(file()).save(models);
    CostModels again = restored();
    assertThat(again.nanos("cuda:0", "matmul", 5e6)).isEqualTo(2e5);
    assertThat(again.nanos("cpu", "%*%", 100)).isEqualTo(70);
    for (int i = 0; i < 100; i++) {
      again.observe("cuda:0", "matmul", 5e6, 1e5);
    }
    assertThat(again.nanos("cuda:0", "matmul", 5e6)).isBetween(1e5, 1.01e5);
  }

  @Test
  void aDamagedOrForeignFileIsPassedOver() throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(
        file(),
        "reprise calibration 1\n"
            + "cpu + 3\tx\t1\t1\n"
            + "cpu - 3\t5\t9\t1\n"
            + "cpu\t5\t9\t1\n"
            + "cpu * 3\tNaN\t9\t1\n");
    assertThat(restored().averages()).containsOnlyKeys("cpu - 3");
    Files.writeString(file(), "something else\ncpu - 3\t5\t9\t1\n");
    assertThat(restored().averages()).isEmpty();
    Files.delete(file());
    assertThat(restored().averages()).isEmpty();
  }

  @Test
  void aFolderThatCannotBeMadeEndsNothing() throws IOException {
    Files.writeString(folder.resolve("made"), "a file");
    CostModels models = new CostModels();
    models.observe("cpu", "+", 10, 10);
    new Calibration(file()).save(models);
    assertThat(restored().averages()).isEmpty();
  }
}
