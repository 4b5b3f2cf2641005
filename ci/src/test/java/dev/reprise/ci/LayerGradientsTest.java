package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The backward function of every layer gives the gradient of its forward function: each cell of
 * each parameter is moved a little up and down, and the difference of the loss compared with the
 * gradient.
 *
 * <p>A file of {@code gradients} sets parameters; after {@code #forward} it computes {@code loss},
 * after {@code #backward} the gradients, and {@code #check} names each parameter and its gradient.
 */
class LayerGradientsTest {
  private static final Path GRADIENTS = Path.of("ci/src/test/resources/gradients");
  private static final Path LAYERS =
      Path.of("library/src/main/resources/dev/reprise/library/nn/layers");

  /**
   * Central differences with steps of 1e-5 are about 1e-10 off; a wrong term is off by far more.
   */
  private static final double BOUND = 1e-7;

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> gradientsAreThoseOfFiniteDifferences() throws IOException {
    return LibraryGoldenTest.scripts(ScriptOutput.projectRoot().resolve(GRADIENTS)).stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
  }

  @Test
  void everyLayerWithABackwardFunctionIsChecked() throws IOException {
    Path root = ScriptOutput.projectRoot();
    Set<String> checked = new TreeSet<>();
    for (Path file : LibraryGoldenTest.scripts(root.resolve(GRADIENTS))) {
      checked.add(file.getFileName().toString());
    }
    List<String> unchecked = new ArrayList<>();
    for (Path layer : LibraryGoldenTest.scripts(root.resolve(LAYERS))) {
      String name = layer.getFileName().toString();
      if (Files.readString(layer).contains("\nbackward = function") && !checked.contains(name)) {
        unchecked.add(name);
      }
    }
    assertThat(unchecked).isEmpty();
  }

  private void check(Path file) throws IOException {
    Path script = folder.resolve(file.getFileName());
    Files.writeString(script, checking(Files.readString(file)));
    for (String line : ScriptOutput.of(script, Map.of(), ScriptOutput.config()).lines().toList()) {
      String[] words = line.split(" ");
      assertThat(Double.parseDouble(words[1])).as(words[0]).isLessThan(BOUND);
    }
  }

  /** The script that prints, for each parameter, the largest error relative to the gradient. */
  private static String checking(String text) {
    String setup = text.substring(0, text.indexOf("#forward"));
    String forward = text.substring(text.indexOf("#forward"), text.indexOf("#backward"));
    String backward = text.substring(text.indexOf("#backward"), text.indexOf("#check"));
    String[] names = text.substring(text.indexOf("#check")).strip().split(" ");
    StringBuilder script = new StringBuilder(setup).append(backward);
    for (int i = 1; i < names.length; i += 2) {
      String differences =
          """
          Kept = NAME
          Numeric = matrix(0, nrow(Kept), ncol(Kept))
          for (i_ in 1:nrow(Kept)) {
            for (j_ in 1:ncol(Kept)) {
              cell = as.scalar(Kept[i_, j_])
              NAME = Kept
              NAME[i_, j_] = cell + 1e-5
          FORWARD
              up = loss
              NAME = Kept
              NAME[i_, j_] = cell - 1e-5
          FORWARD
              Numeric[i_, j_] = (up - loss) / 2e-5
            }
          }
          NAME = Kept
          print("GRADIENT " + max(abs(Numeric - GRADIENT)) / max(1, max(abs(Numeric))))
          """;
      script.append(
          differences
              .replace("NAME", names[i])
              .replace("GRADIENT", names[i + 1])
              .replace("FORWARD", forward));
    }
    return script.toString();
  }
}
