return Offproof.Tally.Report.Write(args, Console.Out);
