package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Mistakes in calls of the layer library that would otherwise train, on wrong numbers: each is one
 * message that says what was given.
 */
class LayerMistakesTest {
  private static void assertStops(String layer, String call, String message) {
    String script =
        """
        source("nn/layers/LAYER.dml") as layer
        X = rand(rows=4, cols=3, seed=1)
        y = matrix("1 2 3 1", 4, 1)
        """
            .replace("LAYER", layer);
    assertThat(Scripts.failure(Scripts.config(), script + call + "\n"))
        .as(call)
        .hasMessageContaining(message);
  }

  @Test
  void lossesRefuseTargetsOfAnotherShapeInsteadOfRepeatingThem() {
    for (String loss :
        List.of("cross_entropy_loss", "l1_loss", "l2_loss", "log_loss", "logcosh_loss")) {
      String shapes = loss + ": pred and y must have the same shape, but are 4x3 and 4x1";
      assertStops(loss, "print(layer::forward(X, y))", shapes);
      assertStops(loss, "print(layer::backward(X, y))", shapes);
    }
    assertStops("cross_entropy_loss2d", "print(layer::forward(X, y, 3))", "are 4x3 and 4x1");
    assertStops("cross_entropy_loss2d", "print(layer::backward(X, y, 3))", "are 4x3 and 4x1");
  }

  @Test
  void batchNormalizationKnowsTwoModes() {
    assertStops(
        "batch_norm1d",
        """
        [g, b, m, v] = layer::init(3)
        [out, m, v, c, d, n] = layer::forward(X, g, b, "Train", m, v, 0.9, 1e-5)
        print(sum(out))\
        """,
        "batch_norm1d: mode must be \"train\" or \"test\", but is \"Train\"");
    assertStops(
        "batch_norm2d",
        """
        [g, b, m, v] = layer::init(3)
        [out, m, v, c, n] = layer::forward(X, g, b, 3, 1, 1, "eval", m, v, 0.9, 1e-5)
        print(sum(out))\
        """,
        "batch_norm2d: mode must be \"train\" or \"test\", but is \"eval\"");
  }

  @Test
  void resizedImagesHaveKnownMethodsAndPlaces() {
    assertStops(
        "resize2d",
        "print(sum(layer::forward(X, 1, 1, 3, 2, 6, 2, 2, \"linear\", \"halfpixel\")))",
        "resize2d: there are no places halfpixel");
    assertStops(
        "resize2d",
        "print(sum(layer::backward(X, 1, 1, 1, 1, 3, 1, 3, \"linear\", \"pixel\")))",
        "resize2d: there are no places pixel");
    assertStops(
        "resize2d",
        "print(sum(layer::forward(X, 1, 1, 3, 2, 6, 2, 2, \"bilinear\", \"half_pixel\")))",
        "resize2d: there is no method bilinear");
  }

  @Test
  void normalisationsRefuseNumbersThatMakeNaN() {
    String shares = "mu, the weight of the old moving average, must be from 0 to 1, but is ";
    String added = "epsilon, which is added to variances, must be at least 0, but is ";
    for (String call :
        List.of(
            "batch_norm1d [out, m, v, c, d, n] = layer::forward(X, g, b, \"train\", m, v, ",
            "batch_norm2d [out, m, v, c, n] = layer::forward(X, g, b, 3, 1, 1, \"train\", m, v,"
                + " ")) {
      String layer = call.substring(0, call.indexOf(' '));
      String start = "[g, b, m, v] = layer::init(3)\n" + call.substring(call.indexOf(' ') + 1);
      for (String mu : List.of("-0.1", "1.5", "NaN")) {
        assertStops(layer, start + mu + ", 1e-5)\nprint(sum(out))", layer + ": " + shares + mu);
      }
      for (String epsilon : List.of("-0.5", "NaN")) {
        assertStops(
            layer,
            start + "0.9, " + epsilon + ")\nprint(sum(out))",
            layer + ": " + added + epsilon);
      }
    }
    assertStops(
        "layer_norm",
        "[out, n, v] = layer::forward(X, X[1, ], X[2, ], -0.5)\nprint(sum(out))",
        "'layer_norm' needs an 'epsilon' of at least 0, but got -0.5");
  }

  @Test
  void trainingRefusesNumbersOfClassesWhereItNeedsOneColumnEach() {
    for (String loss : List.of("cel", "cross_entropy_loss", "log_loss")) {
      assertStops(
          "relu",
          "m = ffTrain(matrix(1, 3, 2), matrix(\"1 0 2\", 3, 1), out_activation=\"sigmoid\", loss_fcn=\""
              + loss
              + "\")",
          "with loss_fcn "
              + loss
              + " Y has numbers from 0 to 1, one column for each class (toOneHot), but in row 3 the"
              + " least is 2.0 and the largest 2.0");
    }
  }

  @Test
  void trainingRefusesStepsThatAreNotFinite() {
    for (String number : List.of("NaN", "Inf", "-Inf")) {
      assertStops(
          "relu",
          "m = ffTrain(X, X, learning_rate="
              + number
              + ", out_activation=\"logits\", loss_fcn=\"l2\")",
          "ffTrain: learning_rate must be finite, but is ");
      for (String of : List.of("lr", "mu", "decay", "reg")) {
        assertStops(
            "relu",
            "A = rand(rows=2, cols=16)\nm = lenetTrain(A, A, A, A, 1, 4, 4, "
                + of
                + "="
                + number
                + ")",
            "lenetTrain: lr, mu, decay and reg must be finite, but are ");
      }
      for (String of : List.of("step", "mu", "decay")) {
        assertStops(
            "relu",
            "[a, b, c, d, e, f, g, h, i] = autoencoder_2layer(X, 2, 1, 1, "
                + of
                + "="
                + number
                + ")",
            "autoencoder_2layer: step, decay and mu must be finite, but are ");
      }
    }
    assertStops(
        "relu", "print(sum(sgd_update(X, X, NaN)))", "'sgd_update' needs a finite 'lr', but got");
  }

  @Test
  void dropoutIsToldTheProbabilityOfKeepingAnInput() {
    for (String p : List.of("0", "1.5", "NaN")) {
      assertStops(
          "dropout",
          "[out, mask] = layer::forward(X, " + p + ", 1)\nprint(sum(out))",
          "dropout: p, the probability that an input is kept, must be above 0 and up to 1, but is");
    }
  }
}
