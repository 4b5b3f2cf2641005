package dev.reprise.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.CompileOptions;
import dev.reprise.DeviceConfig;
import dev.reprise.Inputs;
import dev.reprise.Reprise;
import dev.reprise.ReuseMode;
import dev.reprise.Session;
import dev.reprise.cache.CacheEvents;
import dev.reprise.engine.check.ValueComparison;
import dev.reprise.formats.FileFormat;
import dev.reprise.runtime.ListValue;
import dev.reprise.runtime.Precision;
import dev.reprise.runtime.ResourceException;
import dev.reprise.runtime.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file keeps of a list, or why that cannot be found. */
class KeptFormTest {
  @TempDir private Path folder;
  private SessionServices services;
  private ListValue list;

  @BeforeEach
  void list() throws Exception {
    Path file = folder.resolve("l.npz");
    try (Session session = Reprise.session(FakeDevices.config(DeviceConfig.CPU, ReuseMode.NONE))) {
      session
          .compile(
              "write(list(a=matrix(1, 2, 3), b=matrix(2, 1, 1)), \"%s\", format=\"npz\")"
                  .formatted(file),
              CompileOptions.none())
          .run(Inputs.none())
          .close();
    }
    services =
        new SessionServices(FakeDevices.config(DeviceConfig.CPU, ReuseMode.NONE), CacheEvents.NONE);
    list = (ListValue) services.files().stored(folder, file, Precision.FP64);
  }

  @AfterEach
  void close() {
    list.release();
    services.close();
  }

  @Test
  void aListIsWhatItsFileKeepsOfIt() throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Value kept = services.files().kept(list, FileFormat.NPZ, Precision.FP64, temporary);
    assertThat(kept).isNotSameAs(list);
    assertThat(ValueComparison.between(list, kept).deviation()).isZero();
    kept.release();
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void aListThatIsNoNetworkIsComparedAsItIs() throws Exception {
    Value kept = services.files().kept(list, FileFormat.ONNX, Precision.FP64, folder);
    assertThat(kept).isSameAs(list);
    kept.release();
  }

  @Test
  void aFolderThatTakesNoFileIsTroubleAndNoDifference() {
    for (Path temporary : new Path[] {folder.resolve("none"), Path.of("/proc")}) {
      assertThatThrownBy(
              () -> services.files().kept(list, FileFormat.NPZ, Precision.FP64, temporary))
          .isInstanceOf(ResourceException.class)
          .hasMessageStartingWith("the list cannot be compared")
          .hasMessageContaining("npz keeps of it takes a copy in " + temporary)
          .hasMessageContaining("-Djava.io.tmpdir");
    }
  }
}
