System.Console.Error.WriteLine("moat: not built yet"); return 125;
