package dev.reprise.runtime.cpu.aggregate;

import dev.reprise.runtime.DenseMatrix;
import dev.reprise.runtime.cpu.code.CellFunction;
import dev.reprise.runtime.cpu.code.CompensatedSums;
import java.lang.foreign.MemorySegment;

/**
 * Compensated sums over the cells of vectors of equal length, each counted as often as its weight
 * says: by machine code where there is some, with the bits of the loops in Java.
 */
final class WeightedSums {
  private final DenseMatrix weights;

  /**
   * Sums with these weights.
   *
   * @param weights an fp64 vector, or null for ones
   */
  WeightedSums(DenseMatrix weights) {
    this.weights = weights;
  }

  /** The sum of so many weights. */
  double total(long n) {
    return weights == null ? n : new WeightedSums(null).sum(CompensatedSums.CELLS, weights, 0);
  }

  /** The mean of cells whose weights have that total. */
  double mean(DenseMatrix x, double total) {
    return sum(CompensatedSums.CELLS, x, 0) / total;
  }

  /** The sum of what the terms are of the cells and a center; not of products. */
  double sum(CompensatedSums terms, DenseMatrix x, double center) {
    return sum(terms, x, center, x, center);
  }

  /** The sum of products of distances of cells from the centers of their vectors. */
  double products(DenseMatrix x, double centerX, DenseMatrix y, double centerY) {
    return sum(CompensatedSums.PRODUCTS, x, centerX, y, centerY);
  }

  private double sum(
      CompensatedSums terms, DenseMatrix x, double centerX, DenseMatrix y, double centerY) {
    if (!CellFunction.areThere()) {
      return inJava(terms, x, centerX, y, centerY);
    }
    double[] sum = new double[2];
    for (long i = 0; i < x.cells(); i += CompensatedSums.MOST) {
      long count = Math.min(CompensatedSums.MOST, x.cells() - i);
      long weightsAt = weights == null ? 0 : address(weights, i);
      terms.add(sum, count, address(x, i), centerX, address(y, i), centerY, weightsAt);
    }
    return Accumulator.value(sum[0], sum[1]);
  }

  private static long address(DenseMatrix matrix, long cell) {
    return matrix.segment().address() + cell * Double.BYTES;
  }

  /** The same where there is no code. */
  double inJava(
      CompensatedSums terms, DenseMatrix x, double centerX, DenseMatrix y, double centerY) {
    double[] cells = cells(x);
    double[] others = terms == CompensatedSums.PRODUCTS ? cells(y) : cells;
    double[] factors = weights == null ? null : cells(weights);
    Accumulator sum = new Accumulator();
    for (int i = 0; i < cells.length; i++) {
      double weight = factors == null ? 1 : factors[i];
      sum.add(term(terms, weight, cells[i], centerX, others[i] - centerY));
    }
    return sum.value();
  }

  private static double term(
      CompensatedSums terms, double weight, double x, double center, double other) {
    double distance = x - center;
    double square = distance * distance;
    return switch (terms) {
      case CELLS -> weight * x;
      case SQUARES -> weight * square;
      case CUBES -> weight * (square * distance);
      case FOURTH_POWERS -> weight * (square * square);
      case PRODUCTS -> weight * distance * other;
    };
  }

  private static double[] cells(DenseMatrix x) {
    double[] cells = new double[(int) x.cells()];
    MemorySegment.copy(x.segment(), Run.CELL, 0, cells, 0, cells.length);
    return cells;
  }
}
