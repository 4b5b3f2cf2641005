package dev.reprise.ci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.DeviceConfig;
import dev.reprise.ReuseMode;
import dev.reprise.SessionConfig;
import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers with operands that do not fit: an accelerator says what the processor says. */
class LayerErrorsOnDevicesTest {
  /**
   * A call on {@code A}, {@code B}, ...; matrices of those shapes, and numbers that replace 's'.
   */
  private static final String CALLS =
      """
      bias_add(A, B): 4x6 4x1, 4x6 1x3, 4x6 3x2, 4x6 0x1
      bias_multiply(A, B): 4x6 4x1, 4x6 1x3, 4x6 3x2, 4x6 0x1
      conv2d(A, B, WINDOW): 2x17 3x8, 3x18 3x8, 2x18 3x7, 2x18 2x8
      conv2d_backward_filter(A, B, WINDOW): 2x17 2x12, 2x18 2x11, 2x18 3x12
      conv2d_backward_data(A, B, WINDOW): 2x8 2x12, 3x8 2x11
      max_pool(A, POOL): 2x17, 3x18
      avg_pool_backward(A, B, POOL): 2x17 2x8, 2x18 2x7, 2x18 1x8
      global_avg_pool(A, 2): 2x17, 2x0
      global_max_pool_backward(A, B): 2x18 2x5, 2x18 3x2, 2x18 2x0, 2x0 2x2
      batch_norm2d(A, B, C, C, C, "train", 1e-5, 0.9): 4x6 4x1 4x1, 4x6 3x2 3x1, 4x6 0x1 0x1, 4x6 3x1 2x1
      batch_norm2d(A, B, B, B, B, "train", -1e-5, 0.9): 4x6 3x1
      batch_norm2d(A, B, B, B, B, "test", 0 / 0, 0.9): 4x6 3x1
      batch_norm2d(A, B, B, B, B, "train", 1e-5, 1.5): 4x6 3x1
      batch_norm2d_backward(A, A, B, -1, B, B): 4x6 3x1
      batch_norm2d_backward(A, B, C, 1e-5, C, C): 4x7 4x6 3x1, 4x6 3x6 3x1, 4x6 4x6 4x1
      lstm(A, B, C, D, D, TRUE): 2x7 5x8 1x8 2x2, 2x6 5x9 1x8 2x2, 2x6 5x8 8x1 2x2, 2x6 5x8 1x8 3x2
      softmax_backward(A, B): 3x4 3x5
      log_softmax_backward(A, B): 3x4 1x4
      softmax_cross_entropy(A, B): 3x4 3x2, 3x4 4x1
      softmax_cross_entropy_backward(A, B): 3x4 3x2, 3x4 4x1
      layer_norm(A, B, C): 3x4 4x1 1x4, 3x4 1x4 1x5
      layer_norm(A, B, B, -as.scalar(B[1, 1])): 3x4 1x4
      layer_norm_backward(A, B, C, D): 3x4 3x5 3x1 1x4, 3x4 3x4 1x3 1x4, 3x4 3x4 3x1 4x1
      embedding_backward(A, B, 5): 3x7 3x4, 4x8 3x4, 3x8 3x0
      attention(A, B, C, 4, 2): 2x13 2x12 2x12, 2x12 3x12 2x12, 2x12 2x12 2x13
      attention_backward(A, B, C, D, D, E, 4, 2): 2x11 2x12 2x12 2x12 2x6, 2x12 2x12 2x12 2x12 2x5
      relu_backward(A, B): 3x4 3x5, 3x1 1x5
      pmin(A, B): 1x5 3x1, 3x1 2x5
      elu_backward(A, B, 0.1): 3x4 3x5
      sgd_update(A, B, 0.1): 3x4 4x3
      momentum_update(A, B, 0.1, 0.9, C): 3x4 3x4 4x3
      momentum_update(A, A, 0.1, -0.9, A): 3x4
      nesterov_update(A, A, 0.1, 0 / 0, A): 3x4
      adagrad_update(A, A, 0.1, -1e-8, A): 3x4
      rmsprop_update(A, A, 0.1, 0.9, -1e-8, A): 3x4
      rmsprop_update(A, A, 0.1, 1.5, 1e-8, A): 3x4
      rmsprop_update(A, A, 0.1, -as.scalar(B), 1e-8, A): 3x4 1x1
      adam_update(A, A, 0.1, 0.9, 0.99, 1e-8, 0, A, B): 3x4 4x3
      adam_update(A, A, 0.1, 0.9, 0.99, 1e-8, -1, A, B): 3x4 4x3
      adam_update(A, A, 0.1, 0.9, 0.99, 1e-8, -1, A, A): 3x4
      adam_update(A, A, 0.1, 0.9, 0.99, 1e-8, as.scalar(B) / 2, A, A): 3x4 1x1
      adam_update(A, A, 0.1, 0.9, 0.99, -as.scalar(B), 0, A, A): 3x4 1x1
      adamw_update(A, A, 0.1, 0.9, 0.99, 0 / 0, 0.1, 0, A, A): 3x4
      adamw_update(A, A, 0.1, 0.9, 1, 1e-8, 0.1, 0, A, A): 3x4
      adamw_update(A, A, 0.1, 0.9, 0.99, 1e-8, 0.1, 0.5, A, A): 3x4
      """;

  private static final String WINDOW =
      "input_shape=[2,2,3,3], filter_shape=[3,2,2,2], stride=[1,1], padding=[0,0]";
  private static final String POOL =
      "input_shape=[2,2,3,3], pool_size=[2,2], stride=[1,1], padding=[0,0]";

  @TempDir private Path folder;

  /** The scripts, each of which ends in one failing call in its last line. */
  private List<Path> scripts() throws IOException {
    List<Path> scripts = new ArrayList<>();
    for (String line : CALLS.lines().toList()) {
      int colon = line.lastIndexOf(": ");
      String call = line.substring(0, colon).replace("WINDOW", WINDOW).replace("POOL", POOL);
      for (String shapes : line.substring(colon + 2).split(", ")) {
        StringBuilder text = new StringBuilder();
        char name = 'A';
        for (String shape : shapes.split(" ")) {
          String[] sizes = shape.split("x");
          // Cells of 1 that are known when they have been computed.
          text.append(
              "%c = rand(rows=%s, cols=%s, seed=1) * 0 + 1\n"
                  .formatted(name++, sizes[0], sizes[1]));
        }
        text.append(results(call)).append(call).append("\nprint(sum(R))\n");
        scripts.add(Files.writeString(folder.resolve(scripts.size() + ".dml"), text));
      }
    }
    return scripts;
  }

  private static String results(String call) {
    return switch (call.substring(0, call.indexOf('('))) {
      case "lstm", "batch_norm2d" -> "[R, r2, r3, r4, r5] = ";
      case "batch_norm2d_backward",
          "layer_norm",
          "layer_norm_backward",
          "attention_backward",
          "adam_update",
          "adamw_update" ->
          "[R, r2, r3] = ";
      case "attention", "momentum_update", "nesterov_update", "adagrad_update", "rmsprop_update" ->
          "[R, r2] = ";
      default -> "R = ";
    };
  }

  private static List<String> failures(List<Path> scripts, SessionConfig config) {
    try (ScriptOutput.Open session = new ScriptOutput.Open(config)) {
      return scripts.stream().map(script -> session.run(script, Map.of()).failureText()).toList();
    } catch (ResourceException e) {
      assumeTrue(false, e.getMessage());
      throw e;
    }
  }

  /**
   * Position and words, without the operands: a late failure that finds them given back has none.
   */
  private static String refusal(String failure) {
    String first = failure.lines().findFirst().orElseThrow();
    int operands = first.indexOf(" [");
    return operands < 0 ? first : first.substring(0, operands);
  }

  @Test
  void everyDeviceRefusesThemInTheSameWordsWhereTheyAreCalled() throws IOException {
    List<Path> scripts = scripts();
    SessionConfig config = ScriptOutput.config().withReuse(ReuseMode.NONE);
    List<String> expected = failures(scripts, config);
    for (int i = 0; i < expected.size(); i++) {
      List<String> lines = Files.readAllLines(scripts.get(i));
      assertThat(expected.get(i))
          .as(String.join("\n", lines))
          .contains(".dml:" + (lines.size() - 1) + ":")
          .containsPattern("error: '[a-z_0-9]+' needs ");
    }
    List<String> found = failures(scripts, config.withDevices(DeviceConfig.of("opencl:0")));
    for (int i = 0; i < expected.size(); i++) {
      assertThat(refusal(found.get(i))).isEqualTo(refusal(expected.get(i)));
    }
  }
}
