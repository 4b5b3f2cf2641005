package dev.reprise.testkit;

import dev.reprise.testkit.NetworkLayer.Weight;
import java.util.List;
import java.util.SplittableRandom;

/** Random layers over rows of numbers: affine ones, sequences, normalisation, activations. */
final class FlatLayers {
  private static final String[] ACTIVATIONS = {
    "relu", "relu", "leaky_relu", "elu", "selu", "gelu", "silu"
  };

  private final SplittableRandom random;
  private final LibraryLayers library;

  FlatLayers(SplittableRandom random) {
    this.random = random;
    library = new LibraryLayers(random);
  }

  /** The i-th layer of a network over such rows. */
  NetworkLayer draw(int i, Volume in) {
    return switch (random.nextInt(11)) {
      case 0, 1, 2 -> affine(i, in, 1 + random.nextInt(40));
      case 3 -> layerNormalisation(i, in);
      case 4 -> lstm(i, in);
      case 5 -> attention(i, in);
      case 6 -> squares(i, in);
      case 7 -> library.ofRows(i, in);
      default -> cells(i, in);
    };
  }

  NetworkLayer affine(int i, Volume in, int out) {
    String before = "h" + (i - 1);
    List<Weight> weights =
        List.of(Weight.random("W" + i, in.cells(), out, i), Weight.random("b" + i, 1, out, 50 + i));
    if (random.nextInt(4) == 0) {
      return NetworkLayer.of(
          Volume.flat(out),
          weights,
          List.of("h%1$d = affine::forward(h%2$d, W%1$d, b%1$d)".formatted(i, i - 1)),
          List.of(
              "[d%2$d, gW%1$d, gb%1$d] = affine::backward(d%1$d, h%2$d, W%1$d, b%1$d)"
                  .formatted(i, i - 1)));
    }
    return NetworkLayer.of(
        Volume.flat(out),
        weights,
        List.of("h%d = %s %%*%% W%d + b%d".formatted(i, before, i, i)),
        List.of(
            "gW%d = t(%s) %%*%% d%d".formatted(i, before, i),
            "gb%d = colSums(d%d)".formatted(i, i),
            "d%d = d%d %%*%% t(W%d)".formatted(i - 1, i, i)));
  }

  /** Rows of a dictionary by their numbers from 0, which is none, to {@code words}. */
  NetworkLayer embedding(int words, Volume in) {
    int width = 1 + random.nextInt(6);
    return NetworkLayer.of(
        Volume.flat(in.cells() * width),
        List.of(Weight.random("W1", words, width, 1)),
        List.of("h1 = embedding(h0, W1)"),
        List.of("gW1 = embedding_backward(d1, h0, %d)".formatted(words), "d0 = h0 * 0"));
  }

  private NetworkLayer layerNormalisation(int i, Volume in) {
    return NetworkLayer.of(
        in,
        List.of(
            Weight.constant("ga" + i, 1, in.cells(), 1),
            Weight.constant("be" + i, 1, in.cells(), 0)),
        List.of(
            "[h%1$d, cn%1$d, ci%1$d] = layer_norm(h%2$d, ga%1$d, be%1$d, 0.05)"
                .formatted(i, i - 1)),
        List.of(
            "[d%2$d, gga%1$d, gbe%1$d] = layer_norm_backward(d%1$d, cn%1$d, ci%1$d, ga%1$d)"
                .formatted(i, i - 1)));
  }

  private NetworkLayer lstm(int i, Volume in) {
    int steps = in.someDivisor(random, 8);
    int features = in.cells() / steps;
    int units = 1 + random.nextInt(8);
    boolean sequences = random.nextBoolean();
    String option = sequences ? "TRUE" : "FALSE";
    return NetworkLayer.of(
        Volume.flat(sequences ? steps * units : units),
        List.of(
            Weight.random("W" + i, features + units, 4 * units, i),
            Weight.random("b" + i, 1, 4 * units, 50 + i)),
        List.of(
            "z%d = matrix(0, rows=n, cols=%d)".formatted(i, units),
            "[h%1$d, cl%1$d, co%1$d, cc%1$d, cg%1$d] = lstm(h%2$d, W%1$d, b%1$d, z%1$d, z%1$d, %3$s)"
                .formatted(i, i - 1, option)),
        List.of(
            "[d%2$d, gW%1$d, gb%1$d, do%1$d, dc%1$d] = lstm_backward(h%2$d, W%1$d, b%1$d, z%1$d, z%1$d, %3$s, d%1$d, z%1$d, co%1$d, cc%1$d, cg%1$d)"
                .formatted(i, i - 1, option)));
  }

  private NetworkLayer attention(int i, Volume in) {
    int width = in.cells() / in.someDivisor(random, 8);
    int heads = width % 2 == 0 && random.nextBoolean() ? 2 : 1;
    String options = "%d, %d, %s".formatted(width, heads, random.nextBoolean() ? "TRUE" : "FALSE");
    return NetworkLayer.of(
        in,
        List.of(),
        List.of(
            "[h%1$d, ls%1$d] = attention(h%2$d, h%2$d, h%2$d, %3$s)".formatted(i, i - 1, options)),
        List.of(
            "[dq%1$d, dk%1$d, dv%1$d] = attention_backward(d%1$d, h%2$d, h%2$d, h%2$d, h%1$d, ls%1$d, %3$s)"
                .formatted(i, i - 1, options),
            "d%2$d = dq%1$d + dk%1$d + dv%1$d".formatted(i, i - 1)));
  }

  /** What comes in, and its squares beside it. */
  private NetworkLayer squares(int i, Volume in) {
    int cells = in.cells();
    return simple(
        Volume.flat(2 * cells),
        "h%1$d = cbind(h%2$d, h%2$d ^ 2)".formatted(i, i - 1),
        "d%2$d = d%1$d[, 1:%3$d] + 2 * h%2$d * d%1$d[, %4$d:%5$d]"
            .formatted(i, i - 1, cells, cells + 1, 2 * cells));
  }

  /** Cell by cell, so for images as well. */
  NetworkLayer cells(int i, Volume in) {
    int before = i - 1;
    return switch (random.nextInt(7)) {
      case 0, 1 -> {
        String name = ACTIVATIONS[random.nextInt(ACTIVATIONS.length)];
        yield simple(
            in,
            "h%d = %s(h%d)".formatted(i, name, before),
            "d%d = %s_backward(d%d, h%d)".formatted(before, name, i, before));
      }
      case 2 ->
          simple(
              in,
              "h%d = sigmoid(h%d)".formatted(i, before),
              "d%d = d%d * h%d * (1 - h%d)".formatted(before, i, i, i));
      case 3 ->
          simple(
              in,
              "h%d = tanh(h%d)".formatted(i, before),
              "d%d = d%d * (1 - h%d ^ 2)".formatted(before, i, i));
      case 4 ->
          simple(
              in,
              "h%1$d = h%2$d + tanh(h%2$d)".formatted(i, before),
              "d%2$d = d%1$d * (2 - tanh(h%2$d) ^ 2)".formatted(i, before));
      case 5 ->
          simple(
              in,
              "h%1$d = h%2$d / (1 + abs(h%2$d))".formatted(i, before),
              "d%2$d = d%1$d / (1 + abs(h%2$d)) ^ 2".formatted(i, before));
      default -> dropout(i, in);
    };
  }

  private NetworkLayer dropout(int i, Volume in) {
    String seed =
        switch (random.nextInt(3)) {
          case 0 -> "";
          case 1 -> ", " + (5 + i);
          default -> ", step + " + i;
        };
    return simple(
        in,
        "[h%1$d, s%1$d] = dropout(h%2$d, 0.8%3$s)".formatted(i, i - 1, seed),
        "d%2$d = dropout_backward(d%1$d, 0.8, s%1$d)".formatted(i, i - 1));
  }

  private static NetworkLayer simple(Volume out, String forward, String backward) {
    return NetworkLayer.of(out, List.of(), List.of(forward), List.of(backward));
  }
}
