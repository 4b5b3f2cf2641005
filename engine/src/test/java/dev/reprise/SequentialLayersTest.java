package dev.reprise;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What single layers of networks put out, and which gradients come back through them. */
class SequentialLayersTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "layer='prelu1d', alpha=W",
        "layer='scale_shift1d', gamma=W, beta=v",
        "layer='rms_norm', gamma=W, epsilon=0.1",
        "layer='batch_norm1d', gamma=W, beta=v, ema_mean=v, ema_var=v + 1, epsilon=0.1",
      })
  void aSingleWeightIsForAllColumns(String layer) {
    String script =
        SequentialNetworks.IMAGES
            + """
            Z = X[, 1:3] - 0.5
            v = matrix("0.25 -1 2", 1, 3)
            W = matrix(0.5, 1, 1)
            one = list(list(LAYER))
            W = matrix(0.5, 1, 3)
            all = list(list(LAYER))
            print(sum(net::forward(Z, one) != net::forward(Z, all)))
            [out1, c, m] = train::forward(Z, one)
            [out3, c, m] = train::forward(Z, all)
            print(sum(out1 != out3) + " " + (sum(abs(out1)) > 0))
            """
                .replace("LAYER", layer.replace("'", "\""));
    assertThat(Scripts.output(script)).isEqualTo("0.0\n0.0 TRUE\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "layer='prelu1d', alpha=W | alpha",
        "layer='scale_shift1d', gamma=W, beta=v | gamma",
        "layer='scale_shift1d', gamma=v, beta=W | beta",
        "layer='rms_norm', gamma=W, epsilon=0.1 | gamma",
        "layer='batch_norm1d', gamma=W, beta=v, ema_mean=v, ema_var=v + 1, epsilon=0.1 | gamma",
      },
      quoteCharacter = '`')
  void theGradientOfASingleWeightIsTheSumOverAllColumns(String layer, String weight) {
    String script =
        SequentialNetworks.IMAGES
            + """
            Z = X[, 1:3] - 0.5
            v = matrix("0.25 -1 2", 1, 3)
            dout = r(128, 3, 4)
            W = matrix(0.5, 1, 1)
            one = list(list(LAYER))
            W = matrix(0.5, 1, 3)
            all = list(list(LAYER))
            [out, c, m] = train::forward(Z, one)
            [dX1, g] = train::backward(dout, one, c)
            g = as.list(g[1])
            d1 = as.matrix(g["WEIGHT"])
            [out, c, m] = train::forward(Z, all)
            [dX3, g] = train::backward(dout, all, c)
            g = as.list(g[1])
            d3 = as.matrix(g["WEIGHT"])
            print(ncol(d1) + " " + ncol(d3) + " " + (as.scalar(d1) == sum(d3)))
            print(sum(dX1 != dX3))
            [m, l] = sequentialTrain(X=Z, Y=Z, model=one, loss="l2", epochs=2)
            m = as.list(m[1])
            print(length(as.matrix(m["WEIGHT"])))
            """
                .replace("LAYER", layer.replace("'", "\""))
                .replace("WEIGHT", weight);
    assertThat(Scripts.output(script)).isEqualTo("1 3 TRUE\n0.0\n1\n");
  }

  /** The shortcut's mask is none of those that layers of the other list draw. */
  @Test
  void listsOfOneLayerDrawMasksOfTheirOwn() {
    String output =
        Scripts.output(
            """
            source("nn/sequential_train.dml") as train
            X = matrix(1, 20, 20)
            half = list(list(layer="dropout", p=0.5))
            inner = list(list(layer="residual", main=half, shortcut=list()))
            model = list(list(layer="residual", main=inner, shortcut=half))
            [out, cache, model] = train::forward(X, model, 3)
            print(sum(out == 3) > 0)
            one = list(list(layer="each_step", D=20, main=half))
            branches = list(list(layer="concat", branch1=half, branch2=one))
            [out, cache, model] = train::forward(X, branches, 3)
            print(sum(out[, 1:20] != out[, 21:40]) > 0)
            """);
    assertThat(output).isEqualTo("TRUE\nTRUE\n");
  }

  /** The gradient comes through the shortcut, so the first weights are trained. */
  @Test
  void embeddingsBesideAWayForTheGradientAreNoMistake() {
    String output =
        Scripts.output(
            """
            X = matrix(1, 8, 1)
            ids = list(list(layer="embedding", embedding_dict=matrix(1, 3, 1)))
            model = list(list(layer="affine", W=matrix(1, 1, 1), b=matrix(0, 1, 1)), list(layer="residual", main=ids, shortcut=list()))
            [trained, losses] = sequentialTrain(X=X, Y=X, model=model, loss="l2", optimizer="sgd", lr=0.1, batch_size=8, epochs=1)
            first = as.list(trained[1])
            print(as.scalar(as.matrix(first["W"])) < 1)
            """);
    assertThat(output).isEqualTo("TRUE\n");
  }

  /** A product with 0 would make NaN of them where the other value is chosen. */
  @Test
  void gradientsThatAreNotFiniteStayWithWhatIsChosen() {
    String output =
        Scripts.output(
            """
            source("nn/sequential_train.dml") as train
            gradient = function(Matrix[Double] X, List[Unknown] layer, Matrix[Double] dout) return (Matrix[Double] dX) {
              [out, cache, other] = train::forward(X, list(layer), 7)
              [dX, gradients] = train::backward(dout, list(layer), cache)
            }
            X = matrix("1 -2 3 -4", 2, 2)
            choice = list(layer="where", condition=list(list(layer="compare", operator=">", number=0)), main=list(), other=list(list(layer="scale_shift", factor=2, shift=0)))
            print(toString(gradient(X, choice, matrix("Infinity NaN 2 -Infinity", 2, 2))))
            print(toString(gradient(X, list(layer="top_k", k=1, method="largest", gives="values"), matrix("Infinity NaN", 2, 1))))
            same = list(layer="compare_values", operator="<=", left=list(), right=list(list(layer="tanh")))
            print(toString(gradient(X, same, matrix("Infinity NaN 2 -Infinity", 2, 2))))
            """);
    assertThat(output.lines().filter(line -> !line.isEmpty()))
        .containsExactly(
            "Infinity NaN",
            "2.000 -Infinity",
            "Infinity 0.000",
            "NaN 0.000",
            "0.000 0.000",
            "0.000 0.000");
  }

  /** As of the largest of a row, of which NaN is one. */
  @Test
  void theColumnOfNotANumberIsOneThatThereIs() {
    String output =
        Scripts.output(
            """
            source("nn/sequential.dml") as net
            X = matrix("1 NaN 3 NaN 4 5 6 7 -1 -2 -3 -4", 3, 4)
            for (i in 1:2) {
              method = ifelse(i == 1, "index_max", "index_min")
              print(toString(t(net::forward(X, list(list(layer="reduce", method=method, groups=1, D=1))))))
            }
            """);
    assertThat(output.lines().filter(line -> !line.isEmpty()))
        .containsExactly("2.000 4.000 1.000", "2.000 1.000 4.000");
  }

  /** As in PyTorch: where all is zero the norm has a corner, and no NaN goes on from there. */
  @Test
  void normsOfZerosHaveAGradientOfZero() {
    String output =
        Scripts.output(
            """
            source("nn/sequential_train.dml") as train
            X = matrix("0 0 3 4 0 0 0 2", 2, 4)
            [out, cache, model] = train::forward(X, list(list(layer="reduce", method="norm", groups=2, D=1)))
            [dX, gradients] = train::backward(matrix(1, 2, 2), model, cache)
            print(toString(out) + toString(dX, decimal=1))
            """);
    assertThat(output).isEqualTo("0.000 5.000\n0.000 2.000\n0.0 0.0 0.6 0.8\n0.0 0.0 0.0 1.0\n\n");
  }
}
